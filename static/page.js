// Comforts. The page is whole without them.
(() => {
  const root = document.documentElement;

  // The colour scheme: the system's, or the reader's choice against it.
  const button = document.querySelector(".top .theme");
  if (button) {
    const names = { "": "follows the system", light: "light", dark: "dark" };
    const show = () => button.setAttribute("aria-label", "Colours: " + names[root.dataset.theme || ""]);
    button.onclick = () => {
      const system = matchMedia("(prefers-color-scheme: dark)").matches ? "light" : "dark";
      root.dataset.theme = root.dataset.theme ? "" : system;
      try { localStorage.theme = root.dataset.theme; } catch { /* the choice lasts for this page */ }
      show();
    };
    show();
    button.hidden = false;
  }

  // The search, which is loaded when its field is first used, and goes on where its page was asked something.
  const search = document.querySelector("search form");
  if (search) {
    const field = search.elements.q;
    const load = () => import(search.dataset.script).then((script) => script.open(search));
    field.ariaKeyShortcuts = "Control+K";
    if (field === document.activeElement || location.search && search.closest("main")) load();
    else field.addEventListener("focus", load, { once: true });
    addEventListener("keydown", (event) => {
      // A letter alone would be in the way of those who speak to their machine (WCAG 2.1.4).
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      field.focus();
    });
  }

  const copied = (source) => {
    const text = source.cloneNode(true);
    for (const prompt of text.querySelectorAll(".p")) {
      prompt.nextSibling?.replaceWith(prompt.nextSibling.textContent.replace(/^ /, ""));
      prompt.remove();
    }
    return text.textContent;
  };

  // A card with the text of a footnote, while its reference has the focus or the pointer is at either. Escape closes it.
  const card = document.createElement("div");
  card.className = "how note";
  card.popover = "auto";
  let leaving;
  const stay = () => clearTimeout(leaving);
  const leave = () => {
    stay();
    leaving = setTimeout(() => card.matches(":hover, :focus-within") || card.hidePopover(), 200);
  };
  card.onpointerleave = leave;
  card.addEventListener("focusout", leave);

  // The comforts of what a page says.
  let seen;
  const comfort = (part) => {
    // A button to copy code, made here because it would be of no use without scripts.
    for (const source of part.querySelectorAll(".src, .code")) {
      const copy = document.createElement("button");
      copy.type = "button";
      copy.className = "copy";
      copy.textContent = "Copy";
      const cell = source.closest(".cell");
      if (cell) cell.querySelector("figcaption").append(copy);
      else {
        const plain = document.createElement("div");
        plain.className = "plain";
        source.replaceWith(plain);
        plain.append(source, copy);
      }
      copy.onclick = async () => {
        try {
          await navigator.clipboard.writeText(copied(source));
          copy.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(source);
          copy.textContent = "Press Ctrl+C";
        }
        setTimeout(() => { copy.textContent = "Copy"; }, 1500);
      };
    }

    for (const reference of part.querySelectorAll("[role=doc-noteref]")) {
      const show = (event) => {
        if (event.pointerType === "touch") return;
        stay();
        const note = document.getElementById(reference.hash.slice(1)).cloneNode(true);
        for (const link of note.querySelectorAll("[role=doc-backlink]")) link.remove();
        for (const named of note.querySelectorAll("[id]")) named.removeAttribute("id");
        card.hidePopover();
        card.replaceChildren(...note.childNodes);
        reference.closest("main").append(card);
        card.showPopover({ source: reference });
      };
      reference.onpointerenter = reference.onfocus = show;
      reference.onpointerleave = reference.onblur = leave;
    }

    // The section that is being read, in the table of contents.
    seen?.disconnect();
    const entries = new Map([...document.querySelectorAll(".toc a")].map((a) => [a.getAttribute("href").slice(1), a]));
    if (entries.size) {
      const mark = (id) => {
        for (const a of entries.values()) a.removeAttribute("aria-current");
        entries.get(id).setAttribute("aria-current", "true");
      };
      seen = new IntersectionObserver((changes) => {
        for (const change of changes) if (change.isIntersecting) mark(change.target.id);
      }, { rootMargin: "0px 0px -75% 0px" });
      for (const id of entries.keys()) {
        const heading = document.getElementById(id);
        if (heading) seen.observe(heading);
      }
    }
  };
  comfort(document);

  // The preview of `blog serve` puts another `main` into a page, if all of its scripts say that they have seen to that.
  addEventListener("blog:main", ({ detail, target }) => {
    if (search?.closest("main")) return;
    comfort(target);
    detail.push("page.js");
  });
})();
