import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { ArithmeticFault, evaluate } from './arithmetic.ts';

describe('evaluate', () => {
  it.each([
    ['6*7', 42],
    [' 2 + 3 * 4 ', 14],
    ['(2 + 3) * 4', 20],
    ['10 - 4 - 3', 3],
    ['100 / 10 / 5', 2],
    ['17 % 5 * 2', 4],
    ['-3 + 5', 2],
    ['2 * -3', -6],
    ['--4', 4],
    ['-(2 + 3) * 2', -10],
    ['+7 - +2', 5],
    ['.5 + 1.', 1.5],
    ['0.1 + 0.2', 0.1 + 0.2],
    ['0 * -1', 0],
  ])('%s is %d', (expression, value) => {
    expect(evaluate(expression)).toBe(value);
  });

  it.each(['1/0', '5 % 0', '1 / (2 - 2)', '1 / -0'])('%s is a division by zero', (expression) => {
    expect(() => evaluate(expression)).toThrow('Division by zero');
    expect(codeOf(expression)).toBe('division_by_zero');
  });

  it.each([
    '6*',
    '*6',
    '2 2',
    '(2',
    '2)',
    '()',
    '2(3)',
    '1..2',
    '1 + x',
    '',
    '2 ** 3',
    '9'.repeat(200) + '*' + '9'.repeat(200),
  ])('%s is a bad expression', (expression) => {
    expect(codeOf(expression)).toBe('bad_expression');
  });

  it('takes parentheses deeper than any stack', () => {
    const depth = 200_000;
    expect(evaluate(`${'('.repeat(depth)}1+1${')'.repeat(depth)}`)).toBe(2);
    expect(evaluate(`${'-'.repeat(depth)}3`)).toBe(3);
  });

  it('agrees with a tree that is evaluated node by node', () => {
    fc.assert(
      fc.property(tree, fc.infiniteStream(fc.constantFrom('', ' ', '  ')), (node, blanks) => {
        const text = print(node, () => blanks.next().value as string);
        const expected = outcome(() => valueOf(node));
        expect(outcome(() => evaluate(text))).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});

function codeOf(expression: string): string {
  try {
    return String(evaluate(expression));
  } catch (error) {
    return error instanceof ArithmeticFault ? error.code : String(error);
  }
}

type Node = { number: number } | { negate: Node } | { operator: string; left: Node; right: Node };

const { node: tree } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6, depthIdentifier: 'tree' },
    fc.record({
      number: fc.oneof(
        fc.nat(20),
        fc.nat(1_000).map((hundredths) => hundredths / 100),
      ),
    }),
    fc.record({ negate: tie('node') }),
    fc.record({ operator: fc.constantFrom('+', '-', '*', '/', '%'), left: tie('node'), right: tie('node') }),
  ),
}));

/** With only the parentheses that the usual rules need, so that precedence and order are what is tried. */
function print(node: Node, blank: () => string): string {
  if ('number' in node) return `${blank()}${node.number}${blank()}`;
  if ('negate' in node) return `-${rank(node.negate) < 3 ? wrap(node.negate, blank) : print(node.negate, blank)}`;
  const own = rank(node);
  const left = rank(node.left) < own ? wrap(node.left, blank) : print(node.left, blank);
  const right = rank(node.right) <= own ? wrap(node.right, blank) : print(node.right, blank);
  return `${left}${node.operator}${right}`;
}

function wrap(node: Node, blank: () => string): string {
  return `${blank()}(${print(node, blank)})${blank()}`;
}

function rank(node: Node): number {
  if ('number' in node) return 4;
  if ('negate' in node) return 3;
  return '+-'.includes(node.operator) ? 1 : 2;
}

function valueOf(node: Node): number {
  if ('number' in node) return node.number;
  if ('negate' in node) return -valueOf(node.negate);
  const [left, right] = [valueOf(node.left), valueOf(node.right)];
  if (node.operator === '+') return left + right;
  if (node.operator === '-') return left - right;
  if (node.operator === '*') return left * right;
  if (right === 0) throw new ArithmeticFault('division_by_zero', 'Division by zero');
  return node.operator === '/' ? left / right : left % right;
}

function outcome(work: () => number): unknown {
  try {
    const value = work();
    if (!Number.isFinite(value)) return 'bad_expression';
    return value === 0 ? 0 : value;
  } catch (error) {
    return error instanceof ArithmeticFault ? error.code : error;
  }
}
