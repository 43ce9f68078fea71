// Rank the sections of the book by what a reader types; section-search.js shows what is found.
// The index comes from index.py, and words.py does to the book what `words` and `normal` do to a question.

/**
 * Its page, anchor, title, first words, size and weight, and of an entry of a glossary the pages that explain it.
 * @typedef {[number, string, string, string, number, number, number[]]} Section
 */
/**
 * @typedef {object} Index
 * @property {[string, string][]} pages by name and title
 * @property {Section[]} sections
 * @property {Record<string, number[]>} words
 * @property {Record<string, number[]>} formulas
 * @property {Record<string, string[]>} also
 * @property {string[]} stop
 * @property {Record<string, string>} letters
 */
/** @typedef {{ section: Section, score: number }} Hit */

const SectionSearch = (() => {
  const TITLE = 4;
  // What a match by half counts: the beginning of a word, another word for it, a slip.
  const PREFIX = 0.6;
  const OTHER = 0.7;
  const SLIP = 0.5;
  const IN_TITLE = 1.6;
  const ON_PAGE = 0.5;
  const FORMULA = 9;
  const SENT = 0.5;
  const PAGES = 20;
  const OPERATOR = /[/^+()=]|-|sqrt/;

  /** @param {string} text @param {Index} index */
  function spelled(text, { letters }) {
    const small = [...text.toLowerCase()].map((one) => letters[one] ?? one).join("");
    return small.replaceAll("’", "'").replaceAll("'s ", " ");
  }

  /** The words of a text as they stand. @param {string} text @param {Index} index */
  function words(text, index) {
    const found = spelled(`${text} `, index).match(/\d*\.\d+|[\p{L}\p{N}_]+/gu) ?? [];
    const said = found.map((one) => (one.startsWith(".") ? `0${one}` : one));
    return said.filter((one) => one.includes(".") || (one.length > 1 && !/^\d\d?$/.test(one)));
  }

  /** @type {{ stemWord: (word: string) => string } | undefined} */
  let stemmer;

  /** @param {string} word @returns {string} */
  function stem(word) {
    // @ts-expect-error: Sphinx's language_data.js has it.
    stemmer ??= /** @type {{ stemWord: (word: string) => string }} */ (new Stemmer());
    return word.includes(".") ? word : stemmer.stemWord(word);
  }

  /** @param {string} formula @param {Index} index */
  function normal(formula, index) {
    return spelled(formula, index).replace(/(?<![a-z])eta(?![a-z])/g, "lr").replace(/[\s*]/g, "");
  }

  /** Whether one slip of the pen leads from one word to the other. @param {string} a @param {string} b */
  function slipped(a, b) {
    if (Math.abs(a.length - b.length) > 1 || a === b) return false;
    let i = 0;
    while (a[i] === b[i]) i += 1;
    const swapped = a[i] === b[i + 1] && a[i + 1] === b[i] && a.slice(i + 2) === b.slice(i + 2);
    return swapped || a.slice(i + 1) === b.slice(i + 1) || a.slice(i) === b.slice(i + 1) || a.slice(i + 1) === b.slice(i);
  }

  /**
   * What in the index a word may mean: each stem with what a match counts.
   * @param {string} word
   * @param {Index} index
   * @returns {Map<string, number>}
   */
  function meanings(word, index) {
    const one = stem(word);
    /** @type {Map<string, number>} */
    const found = new Map();
    const has = (/** @type {string} */ each) => Object.hasOwn(index.words, each);
    if (has(one)) found.set(one, 1);
    for (const other of Object.hasOwn(index.also, one) ? index.also[one] : []) {
      if (has(other) && !found.has(other)) found.set(other, OTHER);
    }
    if (found.size || one.length < 4) return found;
    const all = Object.keys(index.words);
    for (const each of all) if (each.startsWith(one)) found.set(each, PREFIX);
    for (let cut = 2; cut <= word.length - 2 && !found.size; cut += 1) {
      const parts = [stem(word.slice(0, cut)), stem(word.slice(cut))];
      if (parts.every(has)) for (const part of parts) found.set(part, PREFIX);
    }
    if (!found.size) for (const each of all) if (slipped(one, each)) found.set(each, SLIP);
    return found;
  }

  /** @param {string} name of a page, as in "chapters/two_forms" */
  function topic(name) {
    return name.split("/").at(-1)?.replace(/[_-]/g, " ") ?? "";
  }

  /**
   * The pages whose title has a stem, or whose name, which tells the topic where the title is a question.
   * @param {string} one
   * @param {Index} index
   */
  function titled(one, index) {
    const pages = index.pages.map(([name, title], at) => (words(`${title} ${topic(name)}`, index).some((word) => stem(word) === one) ? at : -1));
    return new Set(pages.filter((at) => at >= 0));
  }

  /**
   * The sections with a stem, and how much it says in each.
   * @param {string} one
   * @param {Index} index
   * @param {number} usual the size of a usual section
   * @returns {Map<number, number>}
   */
  function matches(one, index, usual) {
    const packed = index.words[one];
    const rare = Math.log(1 + index.sections.length / (packed.length + 0.5));
    /** @type {Map<number, number>} */
    const found = new Map();
    // What a page is about, all its sections are.
    const pages = titled(one, index);
    index.sections.forEach(([page], at) => pages.has(page) && found.set(at, rare * ON_PAGE));
    let at = 0;
    for (const number of packed) {
      at += number >> 3;
      const [times, inTitle] = [(number & 7) % TITLE, (number & 7) >= TITLE];
      const size = index.sections[at][4] / usual;
      const said = (2.2 * times) / (times + 1.2 * (0.6 + 0.4 * size));
      found.set(at, (found.get(at) ?? 0) + rare * (said + (inTitle ? IN_TITLE : 0)));
    }
    return found;
  }

  /** @param {string} query @param {Index} index @returns {number[]} a score for each section */
  function scores(query, index) {
    const all = words(query, index);
    const telling = all.filter((one) => !index.stop.includes(one));
    const asked = [...new Set(telling.length ? telling : all)];
    const usual = index.sections.reduce((sum, one) => sum + one[4], 0) / index.sections.length;
    const sum = index.sections.map(() => 0);
    const had = index.sections.map(() => 0);
    let most = 0;
    const count = (/** @type {Map<string, number>} */ found, /** @type {boolean} */ wanted) => {
      /** @type {Map<number, number>} */
      const best = new Map();
      let weight = 0;
      for (const [one, share] of found) {
        weight = Math.max(weight, share * Math.log(1 + index.sections.length / (index.words[one].length + 0.5)));
        for (const [at, score] of matches(one, index, usual)) best.set(at, Math.max(best.get(at) ?? 0, share * score));
      }
      for (const [at, score] of best) {
        sum[at] += score;
        if (wanted) had[at] += weight;
      }
      if (wanted) most += weight;
    };
    for (const word of asked) count(meanings(word, index), true);
    // "zig zag" may stand as one word.
    for (let i = 1; i < asked.length; i += 1) {
      const joined = stem(asked[i - 1] + asked[i]);
      if (Object.hasOwn(index.words, joined)) count(new Map([[joined, 1]]), false);
    }
    const title = new Set(asked.map(stem));
    const found = sum.map((score, at) => {
      if (!score) return 0;
      const whole = index.sections[at][2].toLowerCase() === query.toLowerCase();
      const own = new Set(words(index.sections[at][2], index).map(stem));
      const same = own.size === title.size && [...own].every((one) => title.has(one));
      return score * (had[at] / most) * (whole ? 2.5 : same ? 1.5 : 1);
    });
    const formula = normal(query, index);
    if (OPERATOR.test(formula) && formula.length > 2) {
      for (const [text, places] of Object.entries(index.formulas)) {
        if (text.includes(formula)) for (const at of places) found[at] += (FORMULA * formula.length) / text.length;
      }
    }
    return found;
  }

  /**
   * The pages with what was found on them, the best first.
   * @param {string} query
   * @param {Index} index
   * @returns {Hit[][]}
   */
  function search(query, index) {
    /** @type {Map<number, Hit[]>} */
    const byPage = new Map();
    scores(query, index).forEach((score, at) => {
      const section = index.sections[at];
      const hit = { section, score: score * section[5] };
      if (score) byPage.set(section[0], [...(byPage.get(section[0]) ?? []), hit]);
    });
    // Where a glossary sends its readers, the word is explained.
    const sent = index.pages.map(() => 0);
    for (const { section, score } of [...byPage.values()].flat()) {
      for (const page of section[6]) sent[page] = Math.max(sent[page], SENT * score);
    }
    const worth = (/** @type {Hit[]} */ hits) =>
      hits[0].score + sent[hits[0].section[0]] + 0.1 * hits.slice(1, 4).reduce((sum, one) => sum + one.score, 0);
    const pages = [...byPage.values()].map((hits) => hits.sort((a, b) => b.score - a.score));
    return pages.sort((a, b) => worth(b) - worth(a)).slice(0, PAGES);
  }

  return { words, stem, normal, meanings, search };
})();
