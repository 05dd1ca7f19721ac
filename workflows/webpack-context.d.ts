/** What the workflow bundler offers beyond the language: all modules of a folder that match a pattern. */
interface ImportMeta {
  webpackContext(
    folder: string,
    options: { recursive: boolean; regExp: RegExp },
  ): { (key: string): unknown; keys(): string[] };
}
