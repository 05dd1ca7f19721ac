/** English words that name no thing, and the numbers of nouns. */
const list = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter((word) => word !== ''));

/** Never nouns of a wish. */
export const fillers = list(`
  a an the this that these those some any each every all both no not my your our their his her its it i you we they he she
  me us them who whom whose which what where when why how there here
  and or but nor so yet if then else than as at by for from in into of off on onto out over per to under up upon via with
  within without about above after against along among around before behind below between beyond during except inside
  like near outside since through throughout toward towards until while because although though
  am is are was were be been being do does did done have has had having can could shall should will would may might must
  just only also too very really quite even still again once please thanks thank hello hi etc eg ie
  one two three four five six seven eight nine ten first second third last next other another same such own more most
  less least few many much several enough
  make makes build builds create creates write writes develop develops design designs implement implements generate
  generates give gives get gets let lets want wants need needs help helps allow allows enable enables keep keeps use uses
  using see sees add adds edit edits delete deletes remove removes save saves choose chooses find finds go goes come
  say says tell tells think know try called named based contain contains include includes including provide provides
  simple new nice good great beautiful modern small big large little short long old fast quick easy personal own online
  offline interactive responsive clean cool basic full complete whole different various single multiple main certain
  able available possible everything something anything nothing everyone someone anyone thing things stuff kind sort way
  lot lots list lists 一个 这个 管理 帮我 制作 创建 开发 可以 能够 一款 today tomorrow yesterday now later soon always never often sometimes
`);

/** Nouns and verbs alike: verbs where a verb is due. */
export const eitherWords = list(`
  show shows display displays track tracks plan plans order orders search searches store stores book books
  report reports manage manages share shares rate rates sort sorts filter filters play plays watch watches view views
  count counts convert converts calculate calculates record records schedule schedules remind reminds upload uploads
  download downloads send sends print prints compare compares organize organizes organise organises collect collects
  measure measures monitor monitors visit visits post posts log logs test tests check checks mark marks work works run
  runs start starts stop stops pay pays buy buys sell sells learn learns read reads draw draws cook cooks
`);

/** After these a verb is due. */
export const verbOpeners = list(
  'to that which who can could should would will must may might please lets let and i you we they users people it',
);

/** What is to be built, and not what it is about. */
export const productWords = list(`
  app application page site website webpage web tool program game software system platform service api cli dashboard
  script bot portal tracker manager planner calculator viewer editor
`);

/** What follows describes the thing before. */
export const fieldOpeners = list('with including having containing by');

const irregular = new Map([
  ['people', 'person'],
  ['children', 'child'],
  ['men', 'man'],
  ['women', 'woman'],
  ['movies', 'movie'],
  ['cookies', 'cookie'],
  ['series', 'series'],
  ['news', 'news'],
]);

export function singular(noun: string): string {
  const known = irregular.get(noun);
  if (known !== undefined) return known;
  if (/[^aeiou]ies$/.test(noun)) return `${noun.slice(0, -3)}y`;
  if (/(?:ss|x|zz|ch|sh)es$/.test(noun)) return noun.slice(0, -2);
  return /[^suil]s$/.test(noun) || /[^s][il]s$/.test(noun) ? noun.slice(0, -1) : noun;
}

export function plural(noun: string): string {
  for (const [many, one] of irregular) if (one === noun) return many;
  if (!/[a-z]$/.test(noun)) return noun;
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}
