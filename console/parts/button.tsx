import type { RefAttributes } from 'react';
import { Button as AriaButton, type ButtonProps } from 'react-aria-components';

const looks = {
  plain: 'border-line bg-surface text-text hover:bg-raised',
  main: 'border-accent bg-accent text-on-accent hover:opacity-90',
  danger: 'border-bad bg-surface text-bad hover:bg-raised',
} as const;

export function Button({
  look = 'plain',
  className = '',
  ...rest
}: Omit<ButtonProps, 'className'> &
  RefAttributes<HTMLButtonElement> & { look?: keyof typeof looks; className?: string }) {
  return (
    <AriaButton
      {...rest}
      className={`inline-flex items-center gap-1.5 rounded border px-3 py-1.5 font-medium disabled:cursor-not-allowed disabled:opacity-50 ${looks[look]} ${className}`}
    />
  );
}
