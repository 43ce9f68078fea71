/** @param {{model: any, el: HTMLElement, host: any}} props */
export async function render({ model, el, host }) {
  const child = await host.getModel(model.get("child"));
  const widget = await host.getWidget(model.get("child"));
  const inner = document.createElement("div");
  await widget.render({ el: inner });
  const twin = document.createElement("output");
  const show = () => (twin.textContent = `child at ${child.get("value")}`);
  child.on("change:value", show);
  show();
  el.append(inner, twin);
}
