/** The page's way to the archive over the line. capsule.js is the other. */

import { request, upload } from "./upload.js";

export const kind = "intake";

export const card = async () => (await request("/keycard")).text();

/** Where the envelopes of one statement go, the statement's last. */
export const parcel = () => ({ add: upload, close() {} });
