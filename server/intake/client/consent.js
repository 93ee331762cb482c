/** What her choices allow: uses for audiences, docs/formats/statement.md. What is not chosen is denied. */

/** What the page in one file asks. */
export const FEW = {
  keep: [["preserve", "archivists"], ["index_search", "archivists"]],
  research: [["research_read", "vetted_researchers"], ["index_search", "vetted_researchers"]],
  quote: [["quote_excerpt", "public"]],
  recontact: [["recontact", "archivists"]],
};

/** What the page online asks besides. */
export const MORE = {
  translate: [["translate", "archivists"]],
  machine: [["ai_processing_local", "archivists"]],
  numbers: [["statistics", "public"]],
  publish: [["publish_full", "public"]],
  memoir: [["memoir_compilation", "public"]],
  teach: [["teaching", "public"], ["exhibition", "public"]],
  rights: [["advocacy_submission", "named_partner"]],
  justice: [["legal_accountability", "named_partner"]],
};

const boxes = () => Array.from(document.querySelectorAll("[data-grant]"));

/** The names of what she chose. @returns {string[]} */
export const chosen = () => boxes().flatMap((box) => (box.checked ? box.dataset.grant : []));

/** What she chose of *grants*, and every word beside every box as it stands before her. */
export function consent(grants) {
  const text = boxes().map((box) => box.closest(".choice").textContent.trim().replace(/\s+/g, " ")).join("\n");
  const granted = chosen().flatMap((name) => grants[name].map(([use, audience]) => ({ use, audience })));
  return { granted, lang: document.documentElement.lang, text };
}
