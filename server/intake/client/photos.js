/** Pictures drawn anew: pixels only, none of what the camera wrote beside them. */

/** Pixels: what is larger is drawn smaller, in the second step to what the oldest phones can draw at all. */
const LARGEST = [40e6, 16e6];
const LONGEST = 16384; // pixels of a side
const SIDE = 16;
const TOLERANCE = 8; // some browsers change the last bits on purpose, which no eye sees

/** @param {File[]} files @returns {Promise<Blob[]>} or an error, and then none of them may be sent */
export async function redrawn(files) {
  if (files.length) proveCanvas();
  const photos = [];
  // One after another: two large pictures at once are too much for a small phone.
  for (const file of files) photos.push(await redraw(file));
  return photos;
}

/** Throws where a page gets other pixels back than it drew, as in Tor Browser: her photo would be noise. */
function proveCanvas() {
  const { context } = blank(SIDE, SIDE);
  const expected = [];
  for (let at = 0; at < SIDE * SIDE; at++) {
    const colour = [(at * 37) % 256, (at * 101) % 256, (at * 211) % 256];
    context.fillStyle = `rgb(${colour})`;
    context.fillRect(at % SIDE, Math.floor(at / SIDE), 1, 1);
    expected.push(...colour, 255);
  }
  const seen = context.getImageData(0, 0, SIDE, SIDE).data;
  if (expected.some((value, at) => Math.abs(value - seen[at]) > TOLERANCE)) {
    throw new TypeError("this browser does not let a page draw pictures anew");
  }
}

async function redraw(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const sides = [picture.width, picture.height];
    for (const largest of LARGEST) {
      const scale = Math.min(1, Math.sqrt(largest / (sides[0] * sides[1])), LONGEST / Math.max(...sides));
      const [width, height] = sides.map((side) => Math.max(1, Math.floor(side * scale)));
      const { canvas, context } = blank(width, height);
      context.drawImage(picture, 0, 0, width, height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
      if (blob) return blob;
    }
  } finally {
    picture.close();
  }
  throw new TypeError("this picture cannot be drawn");
}

function blank(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  // White, as paper is: a JPEG has no transparency, and black ink on black could not be read.
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  return { canvas, context };
}
