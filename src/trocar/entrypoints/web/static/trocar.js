"use strict";
// What pages do beyond htmx: draw charts, copy citations. Everything works without it.
(() => {
  let vega = null;

  const load = (source) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  // In order: vega-lite needs vega, vega-embed needs both.
  const loaded = () => vega ??= load("/static/vega/vega.min.js")
    .then(() => load("/static/vega/vega-lite.min.js"))
    .then(() => load("/static/vega/vega-embed.min.js"));

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink").trim(), line = style.getPropertyValue("--line").trim();
    return {
      background: "transparent", view: { stroke: null },
      axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: line, tickColor: line },
      legend: { labelColor: ink, titleColor: ink }, title: { color: ink },
      // The page's own rules forbid styles that a script writes into the document.
      style: {},
    };
  };

  const draw = async (canvas) => {
    const specification = document.getElementById(canvas.dataset.chart);
    if (!specification || canvas.childElementCount) return;
    await loaded();
    // The interpreter runs Vega's expressions without eval, which the page's content security policy forbids.
    await window.vegaEmbed(canvas, JSON.parse(specification.textContent), {
      actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: { disableDefaultStyle: true }, config: colours(),
    });
  };

  const seen = "IntersectionObserver" in window
    ? new IntersectionObserver((entries) => entries.forEach((entry) => {
        if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
      }), { rootMargin: "300px" })
    : null;

  const prepare = (root) => root.querySelectorAll("[data-chart]").forEach((canvas) => seen ? seen.observe(canvas) : draw(canvas));

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const said = button.textContent;
    button.textContent = "copied";
    setTimeout(() => { button.textContent = said; }, 1500);
  });

  // A button with an address of its own (an export) is a download: the browser sends it, not htmx.
  document.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) event.stopImmediatePropagation();
  }, true);

  // An error is an answer too, which htmx leaves out: it stands where the result does, or is all of its page.
  const showError = (event) => {
    const { detail } = event, page = detail.xhr.responseText;
    if (detail.xhr.status < 400 || !(detail.xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html")) return;
    detail.shouldSwap = true;
    detail.isError = false;
    if (page.includes('id="result"')) return;
    detail.target = document.querySelector("main");
    detail.selectOverride = "main";
  };

  // A file dropped anywhere on the desk's box is chosen there; without this the browser would leave the page for it.
  const dropZone = (event) => event.target.closest?.(".drop");
  for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => {
    const zone = dropZone(event);
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) zone.querySelector("input[type=file]").files = event.dataTransfer.files;
  });

  // How much of a file is sent; from then on how long the answer takes is not known.
  const showProgress = ({ detail }) => {
    const bar = document.getElementById("progress");
    if (!bar) return;
    if (detail.lengthComputable && detail.loaded < detail.total) bar.value = 100 * detail.loaded / detail.total;
    else bar.removeAttribute("value");
  };

  // Who overrides a finding says why.
  document.addEventListener("change", (event) => {
    const decision = event.target.closest(".decision");
    if (decision) decision.querySelector("input:not([type])").required = decision.querySelector("[value=override]").checked;
  });

  const start = () => {
    prepare(document);
    document.body.addEventListener("htmx:xhr:progress", showProgress);
    document.body.addEventListener("htmx:beforeSwap", showError);
    document.body.addEventListener("htmx:afterSwap", (event) => prepare(event.target.parentElement ?? document));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
