import { inputLook } from '../../../parts/schema-form/input-look.ts';

/** As long as the gateway takes it. */
const reasonCharacters = 2_000;

export function ReasonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <label className="block max-w-xl">
      <span className="block font-medium">Reason</span>
      <span id="reason-hint" className="block text-sm text-muted">
        stands in the log of the run; may be left out
      </span>
      <input
        className={inputLook}
        value={value}
        maxLength={reasonCharacters}
        aria-describedby="reason-hint"
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}
