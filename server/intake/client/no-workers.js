/** A page that is a file starts no worker: it seals all pieces itself. */

export async function* byWorkers() {}
