/**
 * What other tests and neighbours of the machine may add to any time, milliseconds. A test tells a behaviour from another one,
 * which would take far longer; how long it takes is the bench's to say.
 */
export const busyMs = 10_000;
