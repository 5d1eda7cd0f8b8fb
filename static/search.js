// The search. `page.js` loads this when its field is first used; the index that it reads is made by `src/pages/search/`.

const part = "[\\p{L}\\p{M}\\p{N}]";
const unspaced = "[\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u1100-\\u11ff\\u2e80-\\u9fff\\uac00-\\ud7ff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}]";
const run = new RegExp(`([${part}&&${unspaced}]+)|[${part}--${unspaced}]+(?:\\+\\+|#(?!${part}))?`, "gv");
const letters = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", ı: "i", ς: "σ" };

// The words of what is looked for, as those of a text stand in the index (`src/pages/search/words.rs`); but of scripts
// without blanks only pairs of letters, where there are two.
export const words = (text) => {
  const plain = text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "")
    .replace(/[ßæœøłđðıς]/g, (letter) => letters[letter]).normalize("NFC");
  return [...plain.matchAll(run)].flatMap(([word, pairs]) => {
    const all = [...word];
    return pairs && all[1] ? all.slice(1).map((letter, at) => all[at] + letter) : word;
  });
};

// The articles that hold every word, or one that begins with it, the best first. `load` gives the JSON of a file of the index.
export const find = async (text, load) => {
  const { articles, parts } = await load("index.json");
  const found = await Promise.all([...new Set(words(text))].map(async (word) => {
    const mayHold = ([first], at) => first.slice(0, word.length) <= word && !(parts[at + 1]?.[0] <= word);
    const weights = new Map();
    for (const words of await Promise.all(parts.filter(mayHold).map(([, file]) => load(file)))) {
      for (const [other, postings] of Object.entries(words)) {
        if (!other.startsWith(word)) continue;
        const share = other === word ? 1 : word.length / other.length / 2;
        for (let at = 0, article = 0; at < postings.length; at += 2) {
          article += postings[at];
          weights.set(article, Math.max(weights.get(article) || 0, postings[at + 1] * share));
        }
      }
    }
    // The inverse document frequency of BM25.
    const rarity = Math.log(1 + (articles.length - weights.size + .5) / (weights.size + .5));
    return (article) => rarity * weights.get(article);
  }));
  const score = (article) => found.reduce((sum, weigh) => sum + weigh(article), 0);
  return articles.map((article, at) => [score(at), article]).filter(([weight]) => weight > 0)
    .sort(([one], [two]) => two - one).map(([, article]) => article);
};

// Makes a form search while its field is written in, with the results below it.
export const open = (form) => {
  const field = form.elements.q;
  const inPage = form.closest("main");
  const said = document.createElement("p");
  const list = document.createElement("ol");
  const box = document.createElement("div");
  said.role = "status";
  box.append(said, list);
  form.append(box);

  const files = {};
  const load = (name) => files[name] ??= fetch(new URL(name, form.action), { cache: name === "index.json" ? "no-cache" : "default" })
    .then((answer) => answer.ok ? answer.json() : Promise.reject(answer.status))
    .catch((error) => { delete files[name]; throw error; });

  let turn = 0;
  const show = (text, articles = []) => {
    turn++;
    said.textContent = text;
    list.replaceChildren(...articles.map(([url, title, description]) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = url;
      link.textContent = title;
      item.append(link, " ", description);
      return item;
    }));
    box.className = text ? "found" : "sr";
  };
  const look = async () => {
    const mine = ++turn;
    let answer = [""];
    if (words(field.value).length) {
      try {
        const all = await find(field.value, load);
        const some = inPage ? all : all.slice(0, 8);
        const count = all.length === 1 ? "1 result" : `${all.length} results`;
        answer = [all.length > some.length ? `${count}; Enter shows them all` : all.length ? count : "Nothing found", some];
      } catch {
        answer = ["The search cannot be loaded"];
      }
    }
    if (mine === turn) show(...answer);
  };

  field.addEventListener("input", look);
  field.addEventListener("focus", look);
  form.addEventListener("focusout", (event) => {
    if (!inPage && !form.contains(event.relatedTarget)) show("");
  });
  // A click on a result must not take the focus out of the form before it counts.
  box.addEventListener("mousedown", (event) => event.preventDefault());
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [field, ...list.querySelectorAll("a")];
    if (step) {
      stops[stops.indexOf(document.activeElement) + step]?.focus();
    } else if (event.key === "Escape" && said.textContent) {
      field.focus();
      show("");
    } else {
      return;
    }
    event.preventDefault();
  });

  show("");
  load("index.json").catch(() => {});
  if (inPage) field.value ||= new URLSearchParams(location.search).get("q") || "";
  look();
};
