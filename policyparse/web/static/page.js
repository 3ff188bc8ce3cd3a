// Small conveniences; every page works without this file.
"use strict";

// Buttons that copy: the text as it stands in the corpus (data-text), else what is shown.
for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  const name = button.textContent;
  button.addEventListener("click", async () => {
    const parts = button.dataset.copy.split(" ").map((id) => {
      const part = document.getElementById(id);
      return part.dataset.text || part.textContent.trim();
    });
    const text = parts.join("\n");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea"); // a page by http from another machine has no clipboard
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = "✓ " + name;
  });
}

// “/” goes to the search box, as in other search pages.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const box = document.querySelector("form[role=search] input[type=search]");
  if (box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

// On a narrow screen the facets begin closed, behind the results.
if (matchMedia("(max-width: 860px)").matches && document.querySelector(".results")) {
  document.querySelector(".fold-narrow")?.removeAttribute("open");
}

// An import that is running: its part of the page is fetched anew every two seconds.
const progress = document.getElementById("progress");
if (progress) {
  const again = async () => {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("progress");
      if (!fresh) return location.reload();
      progress.replaceChildren(...fresh.childNodes);
    } catch {
      // the page is being started anew: try again
    }
    setTimeout(again, 2000);
  };
  setTimeout(again, 2000);
}
