// Every part of the contract; what happens is kept in the model and, beyond the page, in the session.
export default async () => {
  const own = { renders: 0 };
  return {
    /** @param {{model: any, signal: AbortSignal}} props */
    async initialize({ model, signal }) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      model.set("log", [...model.get("log"), "initialized"]);
      signal.addEventListener("abort", () => sessionStorage.setItem("aborted", "yes"));
      return () => sessionStorage.setItem("closed", "yes");
    },
    /** @param {{model: any, el: HTMLElement, signal: AbortSignal, host: any, experimental: any}} props */
    render({ model, el, signal, host, experimental }) {
      own.renders += 1;
      const list = document.createElement("output");
      list.className = "whole";
      const show = () => (list.textContent = model.get("log").join(" "));
      model.on("change:log change:unknown", show);
      model.set("log", [...model.get("log"), `render-${own.renders}`]);
      el.addEventListener("tell", () => model.set("log", [...model.get("log"), "told"]));
      el.dataset.parts = [typeof host.getModel, typeof host.getWidget, signal.aborted, model.send({})].join();
      experimental.invoke("f").catch((/** @type {Error} */ error) => (el.dataset.invoke = error.message));
      signal.addEventListener("abort", () => (document.body.dataset.ended = `signal ${list.textContent}`));
      el.append(list);
      return () => (document.body.dataset.cleaned = "yes");
    },
  };
};
