import { createInterface, type Interface } from 'node:readline/promises';
import type { Question } from '../../types.ts';
import { cut, plain, plainLines } from '../render/text.ts';
import type { Theme } from '../render/theme.ts';
import { answerOf, choiceField, fieldsOf, ownAnswer, parseField, type Field } from './fields.ts';

export interface AskMeans {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
  theme: Theme;
  columns: number;
  /** When it fires, the asking ends and its reason is thrown. */
  signal: AbortSignal;
  /** Ctrl-C, which readline takes from the terminal. */
  onInterrupt: () => void;
}

/** Asks a person for the fields of the answer. null where nothing was typed for a field that needs something: later. */
export async function askAnswer(question: Question, means: AskMeans): Promise<{ answer: unknown } | null> {
  const { theme, output, columns } = means;
  const lines = plainLines(question.message);
  output.write(`\n${lines.map((line) => theme.yellow(`? ${line}`)).join('\n')}\n`);
  if (question.context !== undefined && question.context !== null) {
    output.write(`${theme.dim(cut(plain(question.context), columns * 3))}\n`);
  }
  const line = createInterface({ input: means.input, output, terminal: true });
  line.on('SIGINT', means.onInterrupt);
  try {
    const choice = choiceField(question);
    const chosen = choice && (await askField(choice, line, means));
    if (choice && chosen === null) return null;
    if (chosen && chosen.value !== ownAnswer) return { answer: chosen.value };
    const fields = fieldsOf(question);
    const values: unknown[] = [];
    for (const field of fields) {
      const value = await askField(field, line, means);
      if (value === null) return null;
      values.push(value.value);
    }
    return { answer: answerOf(fields, values) };
  } finally {
    line.close();
  }
}

async function askField(
  field: Field,
  line: Interface,
  { theme, output, signal }: AskMeans,
): Promise<{ value: unknown } | null> {
  field.choices.forEach(({ label }, index) => output.write(`  ${theme.bold(String(index + 1))}  ${label}\n`));
  for (;;) {
    const typed = await line.question(`${field.label}${hint(field)}: `, { signal });
    if (typed.trim() === '' && field.required && !('default' in field)) return null;
    const parsed = parseField(field, typed);
    if ('value' in parsed) return parsed;
    output.write(`${theme.red(parsed.error)}\n`);
  }
}

function hint(field: Field): string {
  const byDefault = 'default' in field ? `, default ${plain(field.default)}` : '';
  const empty = byDefault === '' ? (field.required ? ', empty: later' : ', may be empty') : byDefault;
  switch (field.type) {
    case 'boolean':
      return ` [y/n${empty}]`;
    case 'choice':
      return ` [1-${field.choices.length}${empty}]`;
    case 'json':
      return ` [JSON${empty}]`;
    case 'number':
    case 'integer':
      return ` [number${empty}]`;
    case 'string':
      return ` [${empty.slice(2)}]`;
  }
}
