import { useNavigate } from '@tanstack/react-router';
import { ArrowLeftRight } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { inputLook } from '../../parts/schema-form/input-look.ts';

/** Which two. */
export function RunsForm({ left, right }: { left: string; right: string }) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState({ left, right });
  const go = (to: { left: string; right: string }) =>
    void navigate({
      to: '/compare',
      search: { ...(to.left !== '' && { left: to.left }), ...(to.right !== '' && { right: to.right }) },
    });
  return (
    <form
      className="mb-4 grid items-end gap-2 sm:grid-cols-[1fr_auto_1fr_auto]"
      onSubmit={(event) => {
        event.preventDefault();
        go(typed);
      }}
    >
      <RunField label="Left run" value={typed.left} onChange={(value) => setTyped({ ...typed, left: value })} />
      <Button aria-label="Swap the two" className="justify-center" onPress={() => go({ left: right, right: left })}>
        <ArrowLeftRight size={16} aria-hidden="true" />
      </Button>
      <RunField label="Right run" value={typed.right} onChange={(value) => setTyped({ ...typed, right: value })} />
      <Button type="submit" look="main" className="justify-center">
        Compare
      </Button>
    </form>
  );
}

function RunField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <label className="block min-w-0">
      <span className="block text-sm text-muted">{label}</span>
      <input
        className={`${inputLook} font-mono`}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={({ target }) => onChange(target.value.trim())}
      />
    </label>
  );
}
