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

export const MalformedEnvelope = leaf("MalformedEnvelope");
export const WrongKey = leaf("WrongKey");
export const DamagedEnvelope = leaf("DamagedEnvelope");
export const SourceChanged = leaf("SourceChanged");
export const NoteError = leaf("NoteError");
export const BadSignature = leaf("BadSignature");
export const MalformedKeycard = leaf("MalformedKeycard");
export const ExpiredKeycard = leaf("ExpiredKeycard");
export const RolledBackKeycard = leaf("RolledBackKeycard");
export const MalformedReceipt = leaf("MalformedReceipt");
export const NoRandomness = leaf("NoRandomness");
export const MalformedCapsule = leaf("MalformedCapsule");
export const MalformedBoard = leaf("MalformedBoard");
export const MalformedArrivals = leaf("MalformedArrivals");
/** No answer, however often asked: it can go on later, from where it stopped. */
export const LineDown = leaf("LineDown");
/** The intake answered, and will not take it; `status` says why (docs/formats/resume.md). */
export const Refused = leaf("Refused");
/** The page gets no sound: "unsupported", "refused" or "missing". */
export const CannotRecord = leaf("CannotRecord");
