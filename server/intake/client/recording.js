/**
 * Her voice, sealed while she speaks. It is not changed: who knows it will know it.
 *
 * 1. Nothing of it is put on a disk: the recorder gives up what it has every second, before a browser would use a file.
 * 2. Each part is a file of its own, which plays alone; it is sealed when it ends, and its sound is forgotten.
 * 3. What was sealed stays sealed, here too: the page cannot play it back.
 */

import { Sealer } from "./envelope.js";
import { CannotRecord } from "./errors.js";
import { fileMeta } from "./submission.js";

const PART = 60; // seconds of a part: at most so much lies open in memory
const SLICE = 1000; // milliseconds; Firefox keeps a megabyte in memory and the rest in a file
const BITS = 48000; // a second of speech, clear enough to be written down from
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"]; // the last is what an iPhone has

/** Bytes as a `Sealer` reads its source: not a Blob, which a browser may put on the disk. */
const inMemory = (bytes) => ({ size: bytes.length, slice: (from, to) => ({ arrayBuffer: async () => bytes.slice(from, to).buffer }) });

/** The microphone, or why there is none: "unsupported", "refused" or "missing". */
async function microphone() {
  if (!navigator.mediaDevices || !TYPES.some((type) => globalThis.MediaRecorder?.isTypeSupported(type))) throw new CannotRecord("unsupported");
  return navigator.mediaDevices.getUserMedia({ audio: true }).catch(({ name }) => {
    throw new CannotRecord(/NotAllowed|Security/.test(name) ? "refused" : "missing");
  });
}

/** One recording: it runs, may pause, and ends once. */
export class Recording {
  #bundle;
  #purpose;
  #part;
  #stream;
  #recorder;
  #meter;
  #sealing = [];
  #seconds = 0;
  #since = 0;
  #clock;

  /**
   * Asks for the microphone, and speaks to nobody else.
   * @param {{bundle: Uint8Array, purpose?: string, part?: number, ended?: () => void}} how `part` in seconds;
   *   `ended` when the microphone is taken away, as by a call: what was said until then is kept
   * @returns {Promise<Recording>} running, or `CannotRecord`
   */
  static async begin(how) {
    const recording = new Recording(how, await microphone());
    recording.#next();
    recording.#run();
    return recording;
  }

  constructor({ bundle, purpose = "intake", part = PART, ended }, stream) {
    [this.#bundle, this.#purpose, this.#part, this.#stream] = [bundle, purpose, part, stream];
    for (const track of stream.getTracks()) track.onended = ended ?? null;
    const sound = new AudioContext();
    this.#meter = Object.assign(sound.createAnalyser(), { fftSize: 1024 });
    sound.createMediaStreamSource(stream).connect(this.#meter);
  }

  get paused() {
    return !this.#clock;
  }

  /** Seconds recorded, pauses left out. */
  get seconds() {
    return this.#seconds + (this.#clock ? (performance.now() - this.#since) / 1000 : 0);
  }

  /** How loud it is now, from 0 to 1. */
  get level() {
    const heard = new Float32Array(this.#meter.fftSize);
    this.#meter.getFloatTimeDomainData(heard);
    return heard.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  }

  pause() {
    this.#halt();
    // The part ends here: nothing said lies open while she thinks, or answers the door.
    this.#close();
    this.#mute(true);
  }

  resume() {
    this.#mute(false);
    this.#next();
    this.#run();
  }

  /**
   * End it, and give the parts in order, as `Account.submit` takes them among its files.
   * @returns {Promise<{digest: Uint8Array, padded: number, total: number, media: string, pieces: Uint8Array[]}[]>}
   */
  async stop() {
    this.#halt();
    this.#close();
    this.#meter.context.close();
    for (const track of this.#stream.getTracks()) track.stop();
    return (await Promise.all(this.#sealing)).filter(Boolean);
  }

  #mute(on) {
    for (const track of this.#stream.getTracks()) track.enabled = !on;
  }

  #run() {
    this.#since = performance.now();
    this.#clock = setInterval(() => {
      this.#close();
      this.#next();
    }, this.#part * 1000);
  }

  #halt() {
    this.#seconds = this.seconds;
    clearInterval(this.#clock);
    this.#clock = null;
  }

  #close() {
    if (this.#recorder?.state === "recording") this.#recorder.stop();
  }

  #next() {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(this.#stream, { mimeType, audioBitsPerSecond: BITS });
    const slices = [];
    recorder.ondataavailable = ({ data }) => slices.push(data.arrayBuffer());
    const ended = new Promise((done) => (recorder.onstop = done));
    this.#sealing.push(ended.then(async () => this.#seal(await Promise.all(slices), mimeType.split(";")[0])));
    recorder.start(SLICE);
    this.#recorder = recorder;
  }

  async #seal(slices, media) {
    const sound = new Uint8Array(slices.reduce((sum, slice) => sum + slice.byteLength, 0));
    let at = 0;
    for (const slice of slices) {
      const piece = new Uint8Array(slice);
      sound.set(piece, at);
      at += piece.length;
      piece.fill(0);
    }
    if (!at) return null; // stopped before a sound was heard
    const sealer = new Sealer([this.#bundle], this.#purpose);
    const pieces = [];
    for await (const piece of sealer.seal(inMemory(sound), fileMeta(media))) pieces.push(piece.slice());
    sound.fill(0);
    return { digest: sealer.digest, ...sealer.sizes(fileMeta(media), sound.length), media, pieces };
  }
}
