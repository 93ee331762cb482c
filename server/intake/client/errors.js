/** The same names as crypto/errors.py, so that a vector can expect either, and a few that only a browser needs. */

export class OnggiError extends Error {
  get name() {
    return this.constructor.label;
  }
}

/** @param {string} label */
const leaf = (label) =>
  class extends OnggiError {
    // Kept as a property: a minifier renames classes, and vectors name errors.
    static label = label;
  };

export const MalformedEnvelope = /* @__PURE__ */ leaf("MalformedEnvelope");
export const WrongKey = /* @__PURE__ */ leaf("WrongKey");
export const DamagedEnvelope = /* @__PURE__ */ leaf("DamagedEnvelope");
export const SourceChanged = /* @__PURE__ */ leaf("SourceChanged");
export const NoteError = /* @__PURE__ */ leaf("NoteError");
export const BadSignature = /* @__PURE__ */ leaf("BadSignature");
export const MalformedKeycard = /* @__PURE__ */ leaf("MalformedKeycard");
export const ExpiredKeycard = /* @__PURE__ */ leaf("ExpiredKeycard");
export const RolledBackKeycard = /* @__PURE__ */ leaf("RolledBackKeycard");
export const MalformedReceipt = /* @__PURE__ */ leaf("MalformedReceipt");
export const NoRandomness = /* @__PURE__ */ leaf("NoRandomness");
export const MalformedCapsule = /* @__PURE__ */ leaf("MalformedCapsule");
export const MalformedBoard = /* @__PURE__ */ leaf("MalformedBoard");
export const MalformedArrivals = /* @__PURE__ */ leaf("MalformedArrivals");
/** No answer, however often asked: it can go on later, from where it stopped. */
export const LineDown = /* @__PURE__ */ leaf("LineDown");
/** The intake answered, and will not take it; `status` says why (docs/formats/resume.md). */
export const Refused = /* @__PURE__ */ leaf("Refused");
/** The page gets no sound: "unsupported", "refused" or "missing". */
export const CannotRecord = /* @__PURE__ */ leaf("CannotRecord");
