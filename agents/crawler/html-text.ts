/**
 * A parsed document as text that people and models can read: headings as `#`, lists as `-` or `1.`, code in fences,
 * table cells between bars; navigation, scripts, styles and what is hidden left out. Pure.
 * It walks without recursion: a page may nest deeper than the stack.
 */
import { type AnyNode, type Element, hasChildren, isTag, isText, type ParentNode } from 'domhandler';
import { TextBlocks } from './text-blocks.ts';

const leftOut = new Set(
  'audio canvas datalist head iframe math nav noscript object script select style svg template textarea video'.split(
    ' ',
  ),
);
const blocks = new Set(
  (
    'address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form ' +
    'header hr html legend main menu ol p section summary table tbody tfoot thead ul caption'
  ).split(' '),
);

type Step = { node: AnyNode } | { leave: Element };

export function htmlText(root: ParentNode | undefined): string {
  const out = new TextBlocks();
  const steps: Step[] = [];
  const descend = (parent: ParentNode) => {
    for (let child = parent.lastChild; child !== null; child = child.prev) steps.push({ node: child });
  };
  if (root) descend(root);
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if ('leave' in step) {
      leave(out, step.leave);
    } else if (isText(step.node)) {
      out.inline(step.node.data);
    } else if (isTag(step.node) && !isLeftOut(step.node)) {
      if (step.node.name === 'pre') {
        out.code(rawText(step.node));
        continue;
      }
      enter(out, step.node);
      steps.push({ leave: step.node });
      descend(step.node);
    }
  }
  return out.finish();
}

function isLeftOut({ name, attribs }: Element): boolean {
  return leftOut.has(name) || attribs['hidden'] !== undefined || attribs['role'] === 'navigation';
}

function enter(out: TextBlocks, { name }: Element): void {
  if (/^h[1-6]$/.test(name)) out.begin('heading', `${'#'.repeat(Number(name[1]))} `);
  else if (name === 'li') out.begin('item', out.itemMark());
  else if (name === 'tr') out.begin('row');
  else if (name === 'td' || name === 'th') out.cell();
  else if (name === 'br') out.lineBreak();
  else if (blocks.has(name)) out.begin('paragraph');
  if (name === 'ul' || name === 'menu') out.openList('-');
  if (name === 'ol') out.openList('1.');
}

function leave(out: TextBlocks, { name }: Element): void {
  if (name === 'ul' || name === 'menu' || name === 'ol') out.closeList();
  if (/^h[1-6]$/.test(name) || name === 'li' || name === 'tr' || blocks.has(name)) out.begin('paragraph');
}

function rawText(element: Element): string {
  let text = '';
  const rest: AnyNode[] = [element];
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (isText(node)) text += node.data;
    else if (isTag(node) && node.name === 'br') text += '\n';
    else if (hasChildren(node)) for (let child = node.lastChild; child !== null; child = child.prev) rest.push(child);
  }
  return text;
}
