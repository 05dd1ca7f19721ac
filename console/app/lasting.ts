/** Between two looks whether the gateway is back. */
const againMs = 1_000;

/**
 * A part of the console that is loaded when it is wanted first. Where the gateway is away just then, it comes once it is
 * back, and nothing that stands on the page goes. Throws where it is there but does not have it: another version runs now.
 */
export function lasting<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await load();
    } catch {
      // Whether it was away or has something else, the next try tells.
      await gatewayIsBack();
      return await load();
    }
  };
}

async function gatewayIsBack(): Promise<void> {
  for (;;) {
    try {
      await fetch('/', { method: 'HEAD', cache: 'no-store' });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
  }
}
