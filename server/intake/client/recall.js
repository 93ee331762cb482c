/** Whether she has kept her words: a few are asked for, at random. It tells her, and never keeps her from going on. */

import { shuffled } from "./random.js";
import { fold, wordsOf } from "./receipt.js";

const FEW = 3;

/** Places to ask for, in order, counted from 1. @param {number} words how many she has */
export function places(words) {
  const drawn = shuffled(Array.from({ length: words }, (_, at) => at + 1)).slice(0, FEW);
  return drawn.sort((one, other) => one - other);
}

/** Whether *typed* is the word at *place*, in any spelling of its line. */
export function isAt(code, list, place, typed) {
  const word = wordsOf(code, list)[place - 1];
  const line = list.find((each) => each.split(" ")[0] === word);
  return line.split(" ").map(fold).includes(fold(typed).trim());
}
