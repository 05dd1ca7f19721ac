import { capitalized, type Thing } from './wish.ts';

export const browserStore = `const memory = new Map();
const inMemory = {
  getItem: (key) => memory.get(key) ?? null,
  setItem: (key, text) => void memory.set(key, text),
};
const storage = typeof document === 'undefined' ? inMemory : localStorage;

export function load(key) {
  return JSON.parse(storage.getItem(key) ?? '[]');
}

export function save(key, records) {
  storage.setItem(key, JSON.stringify(records));
}
`;

export const styles = `body {
  font: 1rem/1.5 system-ui, sans-serif;
  margin: 2rem auto;
  max-width: 42rem;
  padding: 0 1rem;
}

form {
  display: flex;
  flex-wrap: wrap;
  gap: 0.5rem;
}

.list {
  padding: 0;
}

.list li {
  align-items: center;
  border-bottom: 1px solid #ddd;
  display: flex;
  justify-content: space-between;
  padding: 0.5rem 0;
}

.fault {
  color: #b00020;
}
`;

export function pageScript(things: readonly Thing[]): string {
  const imports = things.map(({ code }) => {
    const type = capitalized(code);
    return `import { add${type}, fields as ${code}Fields, list${type}s, remove${type} } from './${code}.js';`;
  });
  const sections = things.map(({ code, plural }) => {
    const type = capitalized(code);
    const heading = JSON.stringify(capitalized(plural));
    return `  { heading: ${heading}, fields: ${code}Fields, add: add${type}, list: list${type}s, remove: remove${type} },`;
  });
  return `${imports.join('\n')}

const sections = [
${sections.join('\n')}
];

export function show(root) {
  root.replaceChildren(...sections.map((section) => sectionOf(section, () => show(root))));
}

function sectionOf({ heading, fields, add, list, remove }, changed) {
  const fault = element('p', { className: 'fault' });
  const inputs = fields.map((field) => element('input', { name: field, placeholder: field }));
  const form = element('form', {}, ...inputs, element('button', { textContent: 'Add' }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    try {
      add(Object.fromEntries(new FormData(form)));
      changed();
    } catch (error) {
      fault.textContent = error.message;
    }
  });
  const items = list().map((record) => {
    const button = element('button', { type: 'button', textContent: 'Remove' });
    button.addEventListener('click', () => {
      remove(record.id);
      changed();
    });
    const text = fields.map((field) => record[field]).filter((value) => value !== '').join(' · ');
    return element('li', {}, element('span', { textContent: text }), button);
  });
  const title = element('h2', { textContent: heading });
  return element('section', {}, title, form, fault, element('ul', { className: 'list' }, ...items));
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

if (typeof document !== 'undefined') show(document.querySelector('#app'));
`;
}
