import { describe, expect, test } from 'vitest';
import { readPage } from './read-page.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const html = (body: string, head = '<title>T</title>') =>
  readPage({
    url: 'http://site.test/dir/page',
    mediaType: 'text/html',
    bytes: bytes(`<html><head>${head}</head><body>${body}</body></html>`),
  });

describe('an HTML page becomes text', () => {
  test('with headings, paragraphs, lists, tables and code as people would write them', () => {
    const { text } = html(`
      <h1>Guide</h1><p>First <b>bold</b>
      words.<br>Next line.</p>
      <ul><li>one<li><p>two</p><ol><li>inner</li><li>more</li></ol></li></ul>
      <pre><code>if (a) {\n  b();\n}\n</code></pre>
      <table><tr><th>Name</th><th>Age</th></tr><tr><td>Ada</td><td>36</td></tr></table>
      <h3>End</h3><div>loose <span>text</span></div>`);
    expect(text).toBe(
      [
        '# Guide',
        'First bold words.\nNext line.',
        '- one\n- two\n  1. inner\n  2. more',
        '```\nif (a) {\n  b();\n}\n```',
        'Name | Age\nAda | 36',
        '### End',
        'loose text',
      ].join('\n\n'),
    );
  });

  test('without scripts, styles, navigation and what is hidden', () => {
    const { text } = html(`
      <nav>Menu <a href="/a">A</a></nav><div role="navigation">More menu</div><p hidden>secret</p>
      <script>var x = "<p>no</p>";</script><style>p {}</style><noscript>no</noscript><svg><text>no</text></svg>
      <p>kept</p>`);
    expect(text).toBe('kept');
  });

  test('with a fence that its code cannot close', () => {
    expect(html('<pre>```\nx\n```</pre>').text).toBe('````\n```\nx\n```\n````');
  });

  test('a title is the title, else the first heading, else the address', () => {
    expect(html('<h1>H</h1>').title).toBe('T');
    expect(html('<h1>Some\n <i>heading</i></h1>', '').title).toBe('Some heading');
    expect(html('x', '<title> </title>').title).toBe('http://site.test/dir/page');
  });

  test('links are absolute, without fragments, each once, also from the navigation, and only http', () => {
    const { links } = html(`
      <nav><a href="/a#x">a</a></nav><a href="/a">a</a><a href="b?q=1">b</a><a href="//other.test/c">c</a>
      <a href="mailto:x@y.z">m</a><a href="javascript:x()">j</a><a href="ftp://f.test/">f</a><a href="http://">bad</a>
      <a href="https://user:pass@site.test/">cred</a><a>none</a><map><area href="d"></map>`);
    expect(links).toEqual([
      'http://site.test/a',
      'http://site.test/dir/b?q=1',
      'http://other.test/c',
      'http://site.test/dir/d',
    ]);
  });

  test('links follow the base of the page', () => {
    expect(html('<a href="x">x</a>', '<base href="/other/">').links).toEqual(['http://site.test/other/x']);
  });

  test('elements nested deeper than any stack are read all the same', () => {
    expect(html(`${'<div>'.repeat(4_000)}deep${'</div>'.repeat(4_000)}`).text).toBe('deep');
  });
});

describe('the charset of a page', () => {
  const latin1 = (text: string) => Buffer.from(text, 'latin1');
  const read = (body: Uint8Array, charset?: string, mediaType = 'text/html') =>
    readPage({ url: 'http://site.test/', mediaType, bytes: body, ...(charset === undefined ? {} : { charset }) }).text;

  test.each([
    ['as the server says it', latin1('<p>caf\xe9</p>'), 'ISO-8859-1'],
    ['as the page says it', latin1('<meta charset="iso-8859-1"><p>caf\xe9</p>'), undefined],
    ['UTF-8 where nobody says anything and the bytes are that', bytes('<p>café</p>'), undefined],
    ['what browsers assume where the bytes are no UTF-8', latin1('<p>caf\xe9</p>'), undefined],
    ['of a byte order mark, whatever the server says', Buffer.from('\ufeff<p>café</p>', 'utf16le'), 'utf-8'],
    ['assumed where the server names one that does not exist', bytes('<p>café</p>'), 'x-nonsense'],
  ])('is taken %s', (_how, body, charset) => {
    expect(read(body, charset)).toBe('café');
  });

  test('Shift_JIS and windows-1251 are understood', () => {
    expect(read(Buffer.from([0x93, 0xfa, 0x96, 0x7b]), 'shift_jis', 'text/plain')).toBe('日本');
    expect(read(Buffer.from([0xcc, 0xe8, 0xf0]), 'windows-1251')).toBe('Мир');
  });
});

describe('text that is no HTML', () => {
  test('is taken as it is; a markdown page is called by its first heading', () => {
    const page = { url: 'http://site.test/readme', bytes: bytes('intro\r\n\r\n## The *Guide*\r\n- x') };
    expect(readPage({ ...page, mediaType: 'text/markdown' })).toEqual({
      title: 'The *Guide*',
      text: 'intro\n\n## The *Guide*\n- x',
      links: [],
    });
    expect(readPage({ ...page, mediaType: 'text/plain' }).title).toBe('http://site.test/readme');
  });
});
