/** The page's way to the archive over the line. capsule.js is the other; package.json chooses one for each build. */

import { request, upload } from "./upload.js";

export const kind = "intake";
export const cover = "/cover";
export const most = Infinity;

export const card = async () => (await request("/keycard")).text();

/** Where the envelopes of one statement go, the statement's last. */
export const parcel = () => ({ add: upload, close() {} });
