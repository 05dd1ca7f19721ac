/** Markdown of agents: links open elsewhere and give nothing away; images of other places are not fetched. */
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

/** They belong to the text, not to the page's outline. */
function Title({ children }: { children?: React.ReactNode }) {
  return <p className="mt-3 font-semibold">{children}</p>;
}

const components: Components = {
  h1: Title,
  h2: Title,
  h3: Title,
  h4: Title,
  h5: Title,
  h6: Title,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer" className="text-accent underline">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <span className="text-muted">
      [image{alt ? `: ${alt}` : ''}
      {typeof src === 'string' && src !== '' ? `, ${src}` : ''}]
    </span>
  ),
  input: ({ checked }) => <span>{checked === true ? '☑ ' : '☐ '}</span>,
  pre: ({ children }) => (
    <pre tabIndex={0} className="my-2 overflow-auto rounded bg-raised p-2 font-mono text-sm">
      {children}
    </pre>
  ),
  table: ({ children }) => (
    <div tabIndex={0} role="region" aria-label="Table" className="my-2 overflow-auto">
      <table className="text-sm [&_td]:border [&_td]:border-line [&_td]:px-2 [&_td]:py-1 [&_th]:border [&_th]:border-line [&_th]:px-2 [&_th]:py-1">
        {children}
      </table>
    </div>
  ),
};

const plugins = [remarkGfm];

export default function MarkdownView({ text, label }: { text: string; label: string }) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className="max-h-[32rem] overflow-auto break-words rounded border border-line bg-surface p-3 [&_blockquote]:border-l-2 [&_blockquote]:border-line [&_blockquote]:pl-3 [&_code]:font-mono [&_code]:text-sm [&_ol]:list-decimal [&_ol]:pl-6 [&_p]:my-1.5 [&_ul]:list-disc [&_ul]:pl-6"
    >
      <Markdown remarkPlugins={plugins} components={components}>
        {text}
      </Markdown>
    </div>
  );
}
