/** The one script: a page where there is a document, and where there is none a worker that seals for it. */

import { open } from "./page.js";
import { work } from "./pieces.js";

if (globalThis.document) open();
else work();
