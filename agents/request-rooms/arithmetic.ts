/**
 * Arithmetic on numbers: + - * / % with the usual precedence, parentheses, signs. Pure, and without recursion: an
 * expression may nest deeper than the stack.
 */

export type ArithmeticFaultCode = 'division_by_zero' | 'bad_expression';

export class ArithmeticFault extends Error {
  override readonly name = 'ArithmeticFault';
  readonly code: ArithmeticFaultCode;

  constructor(code: ArithmeticFaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

type Operator = '+' | '-' | '*' | '/' | '%' | 'negate';

const precedence: Readonly<Record<Operator, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, negate: 3 };

const token = /\s*(?:(\d+\.?\d*|\.\d+)|([-+*/%()]))/y;

/** Throws an `ArithmeticFault`. A number too large for a double is a bad expression. */
export function evaluate(expression: string): number {
  const values: number[] = [];
  const operators: (Operator | '(')[] = [];
  let wantsOperand = true;
  const reduce = (least: number) => {
    for (let top = operators.at(-1); top !== undefined && top !== '('; top = operators.at(-1)) {
      if (precedence[top] < least) return;
      operators.pop();
      apply(top, values);
    }
  };
  for (const { text, isNumber, at } of tokensOf(expression)) {
    if (isNumber) {
      if (!wantsOperand) throw bad(`an operator is missing before ${text}, at ${at}`);
      values.push(Number(text));
      wantsOperand = false;
    } else if (text === '(') {
      if (!wantsOperand) throw bad(`an operator is missing before (, at ${at}`);
      operators.push('(');
    } else if (text === ')') {
      if (wantsOperand) throw bad(`a number is missing before ), at ${at}`);
      reduce(0);
      if (operators.pop() !== '(') throw bad(`a ) without its (, at ${at}`);
    } else if (wantsOperand) {
      if (text === '-') operators.push('negate');
      else if (text !== '+') throw bad(`a number is missing before ${text}, at ${at}`);
    } else {
      const operator = text as Operator;
      reduce(precedence[operator]);
      operators.push(operator);
      wantsOperand = true;
    }
  }
  if (wantsOperand) throw bad('a number is missing at the end');
  reduce(0);
  if (operators.length > 0) throw bad('a ( without its )');
  const [value = 0] = values;
  if (!Number.isFinite(value)) throw bad('the result is too large');
  // JSON knows no negative zero.
  return value === 0 ? 0 : value;
}

function* tokensOf(expression: string): Generator<{ text: string; isNumber: boolean; at: number }> {
  const end = expression.trimEnd().length;
  for (token.lastIndex = 0; token.lastIndex < end;) {
    const from = token.lastIndex;
    const match = token.exec(expression);
    if (!match) throw bad(`${expression.slice(from).trimStart()[0] ?? ''} is no part of arithmetic, at ${from + 1}`);
    const next = token.lastIndex;
    const text = match[1] ?? match[2] ?? '';
    yield { text, isNumber: match[1] !== undefined, at: next - text.length + 1 };
    token.lastIndex = next;
  }
}

function apply(operator: Operator, values: number[]): void {
  const right = values.pop() ?? 0;
  if (operator === 'negate') {
    values.push(-right);
    return;
  }
  const left = values.pop() ?? 0;
  values.push(combine(operator, left, right));
}

function combine(operator: Exclude<Operator, 'negate'>, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
    case '%':
      if (right === 0) throw new ArithmeticFault('division_by_zero', 'Division by zero');
      return operator === '/' ? left / right : left % right;
  }
}

function bad(why: string): ArithmeticFault {
  return new ArithmeticFault('bad_expression', `Bad expression: ${why}`);
}
