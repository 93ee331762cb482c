/** The one script: a page where there is a document, and where there is none a worker that seals for it. */

import { work } from "./pieces.js";

if (globalThis.document) import("./page.js");
else work();
