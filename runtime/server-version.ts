/** Of the Temporal server that Baton runs, and is measured with. */
export const serverVersion = '1.32.1';
