/** A turn of phrase that readers stumble over. docs/style.md has an example of each. */
export interface ProseRule {
  /** What was written, in a word or two. */
  readonly name: string;
  readonly pattern: RegExp;
  /** What to write. */
  readonly instead: string;
}

export const proseRules: readonly ProseRule[] = [
  {
    name: '"where" for a condition',
    pattern:
      /(?<!\b(?:URL|place|places|point|line|lines|folder|machine|column|page|know|knows|say|says|see|show|shows|is|are|and|find|finds|from|of|to|exactly|just|moment|even|repository|network|branch|wherever) )\bwhere (?=there|it |that|they|an? |nothing|nobody|no |one |neither|none|this |these )(?!(it|they|this|that|these) (is|are|was|were|left|runs?|stands?|stood|points?)( built)?(?= *[.,;:)|]|$| the | from ))/gi,
    instead: 'if',
  },
  {
    name: '"Where" for "If"',
    pattern:
      /\bWhere (the|an?|it|there|no|nothing)\b[^.:;?,]{0,60}\b(has|have|lacks?|cannot|does not|did not|was not|fails?)\b[^.:;?]{0,60},/g,
    instead: 'If',
  },
  { name: 'not come yet', pattern: /\bnot come (here )?yet\b/gi, instead: 'in the future, not arrived yet' },
  { name: 'mend', pattern: /\bmend(s|ed|ing)?\b/gi, instead: 'fix, correct' },
  { name: 'by itself', pattern: /\bby (itself|themselves)\b/gi, instead: 'automatically, or nothing' },
  {
    name: 'tell',
    pattern: /\b(tells?|told) (that|the|of|it|what|why|how|which|when|each|every|all|nothing|everything)\b/gi,
    instead: 'report, say, show',
  },
  {
    name: 'tell from',
    pattern: /\b(tells?|told|telling) [^.;:]{1,40} from\b/gi,
    instead: 'distinguish',
  },
  {
    name: 'an inverted modal',
    pattern: /\b(never|nobody|nothing) (may|must|can|shall)(?= *[,.;:)]| *$)|\bnever may\b/gi,
    instead: 'may never, with the verb after it',
  },
  {
    name: 'a modal without its verb',
    pattern:
      /\b(it|they|he|she|we|you|one|who|which|that|this|as) (never |ever )?(may|must|should|shall)(?= *[,.;:)]| *$)/gi,
    instead: 'the modal with its verb',
  },
  {
    name: 'has not',
    pattern: /\b(has|have|had) not\b(?! (been|become|come|gone|got|made|met|run|seen|\w+ed|\w+en)\b)/gi,
    instead: 'does not have, has no, did not',
  },
  {
    name: 'is no',
    pattern: /(?<!\bthere )\b(is|are|was|were) no (?!longer|more than|doubt|one |other|such |\()/gi,
    instead: 'is not a, there is no',
  },
  {
    name: 'take for',
    pattern:
      /\b(takes?|took|taken|taking) (it|them|this|that|these|those) for\b|\b(is|are|was|were|be) taken for\b/gi,
    instead: 'treat as',
  },
  { name: 'amiss', pattern: /\bamiss\b/gi, instead: 'wrong' },
  {
    name: 'an archaic word',
    pattern:
      /\b(withal|lest|thereof|wherein|whereupon|hitherto|heretofore|thence|whence|thither|aught|nought)\b/gi,
    instead: 'the plain word',
  },
  { name: 'for want of', pattern: /\bfor want of\b/gi, instead: 'because it does not have' },
  { name: 'at hand', pattern: /\bat hand\b/gi, instead: 'available, here' },
  { name: 'all the same', pattern: /\ball the same\b/gi, instead: 'still, anyway' },
  { name: 'what stands', pattern: /\bwhat (stands|lies)\b/gi, instead: 'what is' },
  {
    name: 'as long as',
    pattern: /\b(as|so) long as\b/gi,
    instead: 'while, until',
  },
  {
    name: 'so far as',
    pattern: /\b(as|so) far as (?!possible)|\bso (far|many) (in|at|for)\b/gi,
    instead: 'a plain clause',
  },
  {
    name: 'not there',
    pattern: /\b(is|are|was|were) not there\b|\bisn't there\b/gi,
    instead: 'does not exist, cannot be found, is missing',
  },
  {
    name: 'not any more',
    pattern: /\bnot\b[^.;]{0,60}\bany ?more\b|\bnothing\b[^.;]{0,40}\bany ?more\b/gi,
    instead: 'no longer',
  },
  {
    name: 'to be had',
    pattern: /\b(to|can(not)?|could( not)?|may|might) be had\b/gi,
    instead: 'available, can be reached, can be fetched',
  },
  { name: 'but for', pattern: /\bbut for (the|a|an|what|it|its|this|those)\b/gi, instead: 'except' },
  { name: 'so that nobody', pattern: /\bso that nobody\b/gi, instead: 'a plain sentence' },
  { name: 'get over', pattern: /\b(get|gets|got) over\b/gi, instead: 'recover from' },
  { name: 'of no account', pattern: /\bof no account\b/gi, instead: 'does not matter' },
  {
    name: 'very before a noun',
    pattern:
      /\b(the|this|that|these|those|its|their) very (?!(first|last|few|many|long|short|small|large)\b)/gi,
    instead: 'the same, exactly this, or nothing',
  },
  { name: 'anew', pattern: /\banew\b/gi, instead: 'again' },
  { name: 'whoever', pattern: /\bwho(m)?ever\b/gi, instead: 'everyone who, those who, or the actor by name' },
  { name: 'stand still', pattern: /\b(stands?|stood) still\b/gi, instead: 'is paused, is stopped' },
  {
    name: 'take back',
    pattern: /\b(takes?|took|taken|taking) ((it|them|this|(a|the) \w+) )?(back|away)\b/gi,
    instead: 'withdraw, remove',
  },
  { name: 'nothing of it', pattern: /\bnothing of it\b/gi, instead: 'name the thing' },
  {
    name: 'to come by',
    pattern: /\b(comes?|came) (in )?by (itself|which|that)\b/gi,
    instead: 'name the action',
  },
  {
    name: 'one a line',
    pattern: /\b(one|a \w+|an \w+) a (line|row|ring|fleet|file|step|version|word)\b/gi,
    instead: 'one for each line',
  },
  {
    name: 'for who',
    pattern: /\bfor who (may|can|has|is|does)\b/gi,
    instead: 'for anyone who, for those who',
  },
  {
    name: 'one who has to know',
    pattern: /\b(who|what) (somebody|nobody|anybody) has to\b/gi,
    instead: 'subject, verb, object',
  },
];
