// A figure that another site shows: light or dark as ?theme= says, else as the reader's system is.
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const set = () => {
    const theme = asked === "light" || asked === "dark" ? asked : dark.matches ? "dark" : "light";
    document.documentElement.dataset.theme = theme;
  };
  set();
  dark.addEventListener("change", set);
})();
