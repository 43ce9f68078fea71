/* The colours of the page, before it is drawn. The theme's own line here leaves "auto" for a later script to
   settle, by which time the page stands: it would show for a moment without colours, and be styled twice. */
(() => {
  const root = document.documentElement;
  let mode = "auto";
  try {
    mode = localStorage.getItem("mode") || mode;
  } catch {
    // A reader may forbid the page to keep anything.
  }
  const dark = mode === "dark" || (mode !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.mode = mode;
  root.dataset.theme = dark ? "dark" : "light";
})();
