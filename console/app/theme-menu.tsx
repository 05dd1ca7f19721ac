import { useState } from 'react';
import { chosenTheme, chooseTheme, type Theme } from './theme.ts';

const themes: readonly { theme: Theme; label: string }[] = [
  { theme: 'system', label: 'As the system' },
  { theme: 'light', label: 'Light' },
  { theme: 'dark', label: 'Dark' },
];

export function ThemeMenu() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <label className="flex items-center gap-1">
      <span className="sr-only">Theme</span>
      <select
        className="rounded border border-line bg-surface px-1.5 py-1 text-text"
        value={theme}
        onChange={({ target }) => {
          const chosen = target.value as Theme;
          chooseTheme(chosen);
          setTheme(chosen);
        }}
      >
        {themes.map((each) => (
          <option key={each.theme} value={each.theme}>
            {each.label}
          </option>
        ))}
      </select>
    </label>
  );
}
