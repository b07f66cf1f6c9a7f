import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { clock } from "../format/time";
import { language, t } from "../i18n";
import { theme } from "../state/theme";

export interface Line {
  label: string;
  color: string; // name of a custom property
  dash?: number[];
}

interface Props {
  title: string;
  lines: Line[];
  data: uPlot.AlignedData;
  format: (value: number) => string;
}

/** The colour that a custom property comes to in the current theme: a canvas knows no light-dark(). */
function colour(name: string): string {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function options({ lines, format }: Props, width: number): uPlot.Options {
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  return {
    width,
    height: 180,
    cursor: { y: false },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [{ ...axis, space: 90, values: (_, ticks) => ticks.map(clock) }, { ...axis, size: 64, values: (_, ticks) => ticks.map(format) }],
    series: [
      { label: t("time"), value: (_, at) => (at === null ? "–" : clock(at)) },
      ...lines.map((l) => ({
        label: l.label,
        stroke: colour(l.color),
        width: 2,
        dash: l.dash ?? [],
        points: { show: false },
        value: (_: uPlot, v: number | null) => (v === null ? "–" : format(v)),
      })),
    ],
  };
}

/** Lines over time. The figures under the pointer stand in the legend below it. */
export function Chart(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const names = props.lines.map((l) => l.label).join();
  useEffect(() => {
    const element = box.current!;
    plot.current = new uPlot(options(props, element.clientWidth || 320), props.data, element);
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: 180 }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current?.destroy();
    };
  }, [names, theme.value, language.value]);
  useEffect(() => plot.current?.setData(props.data), [props.data]);
  return (
    <figure class="chart" style={{ margin: 0 }}>
      <figcaption class="quiet">{props.title}</figcaption>
      <div ref={box} role="img" aria-label={props.title} />
    </figure>
  );
}
