/** A page that is a file resumes nothing: each key of it is random, and its source is read once. */

export const refuseChanged = () => {};
