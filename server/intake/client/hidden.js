/**
 * What a camera or a program wrote into a picture beside its pixels, so that she can be told. Reads; removes nothing.
 *
 * 1. Untrusted bytes never throw and never hold the page: what cannot be read is passed over.
 * 2. Finding nothing is no proof. What goes without being drawn anew may hold what is not looked for here.
 *
 * Sources: Exif 3.0, TIFF 6.0, IPTC IIM 4.2, PNG (third edition), the WebP container (RFC 9649).
 */

const TAGS = {
  0x10e: "words", 0x10f: "device", 0x110: "device", 0x131: "device", 0x132: "time", 0x13b: "owner", 0x202: "thumbnail",
  0x8298: "owner", 0x9003: "time", 0x9004: "time", 0x927c: "device", 0x9286: "words", 0x9c9b: "words", 0x9c9c: "words",
  0x9c9d: "owner", 0x9c9e: "words", 0xa420: "owner", 0xa430: "owner", 0xa431: "owner", 0xa434: "device", 0xa435: "owner", 0xc62f: "owner",
};
const GPS = { 2: "place", 4: "place", 7: "time", 29: "time" };
const SIZES = [, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]; // bytes of each type of TIFF
const MOST_ENTRIES = 512; // a directory that counts more is not a camera's
const IIM = { 5: "words", 25: "words", 55: "time", 60: "time", 80: "owner", 90: "place", 92: "place", 95: "place", 101: "place", 105: "words", 116: "owner", 120: "words" };
const XMP = {
  place: /GPSL|:(City|Country|State|Location)/,
  time: /:(\w*Date|DateTime\w*)\b/,
  device: /:(CreatorTool|Make|Model|Lens)/,
  owner: /:(creator|rights|Artist|\w*Owner\w*|\w*SerialNumber)/,
  words: /:(description|title|subject|Headline|UserComment)/,
  thumbnail: /xmpGImg:image/,
  moving: /MotionPhoto|MicroVideo/,
};
const PNG = { time: /time|date/i, owner: /author|copyright/i, device: /software|source/i };

/** A byte is a letter here, so that a place in the text is one in the bytes. From 0x80 to 0x9f browsers take other letters. */
const textOf = (bytes) => new TextDecoder("latin1").decode(bytes);

/**
 * @param {Uint8Array} untrusted a file, or as much of its front as there is memory for
 * @returns {{media: string | null, facts: Set<"place" | "time" | "device" | "owner" | "thumbnail" | "words" | "moving">}}
 *   `media` is null where it is no picture that we know
 */
export function hiddenIn(untrusted) {
  const facts = new Set();
  const text = textOf(untrusted);
  const [media, , read] = KINDS.find(([, front]) => front.test(text)) ?? [null];
  attempt(() => read?.(untrusted, facts, text));
  if (media && text.includes("<x:xmpmeta")) fromXmp(text, facts);
  return { media, facts };
}

const KINDS = [
  ["image/jpeg", /^\xff\xd8\xff/, fromJpeg],
  ["image/png", /^.PNG\r\n/, fromPng],
  ["image/webp", /^RIFF....WEBP/s, fromWebp],
  ["image/avif", /^....ftypavi/s, fromBoxes],
  ["image/heic", /^....ftyp(he|mi|ms)/s, fromBoxes],
  ["image/gif", /^GIF8/, () => {}],
  ["image/tiff", /^(II\*\0|MM\0\*)/, fromTiff],
];

/** The rest of a damaged file may still tell something. */
function attempt(read) {
  try {
    read();
  } catch {
    // cut short, or it points outside of itself
  }
}

function fromTiff(bytes, facts) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = bytes[0] === 0x49;
  const long = (at) => view.getUint32(at, little);
  const short = (at) => view.getUint16(at, little);
  const seen = new Set();
  const directory = (at, tags) => {
    if (!at || seen.has(at)) return; // directories may point at each other for ever
    seen.add(at);
    const count = Math.min(short(at), MOST_ENTRIES);
    const end = at + 2 + 12 * count;
    for (let entry = at + 2; entry < end; entry += 12) {
      const [tag, type] = [short(entry), short(entry + 2)];
      if (tag === 0x8769 || tag === 0x8825) attempt(() => directory(long(entry + 8), tag === 0x8825 ? GPS : TAGS));
      const size = (SIZES[type] ?? 1) * long(entry + 4);
      const from = (size > 4 ? long(entry + 8) : entry + 8) + (tag === 0x9286 ? 8 : 0); // a comment begins with its alphabet
      const blank = type === 2 || tag === 0x9286 ? 32 : 0;
      if (tags[tag] && bytes.subarray(from, from + Math.min(size, 4096)).some((byte) => byte > blank)) facts.add(tags[tag]);
    }
    directory(long(end), tags);
  };
  directory(long(4), TAGS);
}

function fromXmp(text, facts) {
  for (const fact in XMP) if (XMP[fact].test(text)) facts.add(fact);
}

function fromJpeg(bytes, facts, text) {
  let at = 2;
  while (bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const size = bytes[at + 2] * 256 + bytes[at + 3];
    const [marker, segment] = [bytes[at + 1], bytes.subarray(at + 4, at + 2 + size)];
    const start = textOf(segment.subarray(0, 6));
    if (marker === 0xe1 && start === "Exif\0\0") attempt(() => fromTiff(segment.slice(6), facts));
    if (marker === 0xe2 && start.startsWith("MPF")) facts.add("thumbnail");
    if (marker === 0xed) fromPhotoshop(textOf(segment), facts);
    if (marker === 0xfe && segment.some((byte) => byte > 32)) facts.add("words");
    at += size > 1 ? 2 + size : Infinity;
  }
  // Phones put the seconds before and after it behind the picture, with their sound.
  if (text.indexOf("ftyp", at) > 0) facts.add("moving");
}

function fromPhotoshop(text, facts) {
  if (text.includes("8BIM\x04\x0c")) facts.add("thumbnail");
  for (const [, number] of text.matchAll(/\x1c\x02([^])/g)) {
    const fact = IIM[number.charCodeAt(0)];
    if (fact) facts.add(fact);
  }
}

function fromPng(bytes, facts, text) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 < bytes.length; at += 12 + view.getUint32(at)) {
    const [kind, end] = [text.slice(at + 4, at + 8), at + 8 + view.getUint32(at)];
    if (kind === "eXIf") attempt(() => fromTiff(bytes.slice(at + 8, end), facts));
    if (kind === "tIME") facts.add("time");
    const [keyword] = text.slice(at + 8, Math.min(end, at + 88)).split("\0");
    if (!/^[itz][ET]Xt$/.test(kind) || /^(XML|icc):/.test(keyword)) continue;
    facts.add(Object.keys(PNG).find((fact) => PNG[fact].test(keyword)) ?? "words");
  }
}

function fromWebp(bytes, facts, text) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 12; at + 8 < bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const start = at + 8 + (text.startsWith("Exif", at + 8) ? 6 : 0);
    if (text.startsWith("EXIF", at)) attempt(() => fromTiff(bytes.slice(start, at + 8 + size), facts));
    at += 8 + size + (size % 2);
  }
}

/** HEIC and AVIF say in boxes where their Exif lies; it is found quicker by its front. */
function fromBoxes(bytes, facts, text) {
  const at = text.search(/Exif\0\0(II\*\0|MM\0\*)/);
  if (at > 0) fromTiff(bytes.slice(at + 6), facts);
}
