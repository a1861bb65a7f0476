import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import type { ChartStyle } from './chart-options';

interface Plot {
  style: ChartStyle;
  data: uPlot.AlignedData;
  height: number;
}

/** Keeps a uPlot drawing in an element: made anew for another style or colours, else fed and stretched. */
export function usePlot({ style, data, height }: Plot) {
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
  const hostRef = useRef<HTMLDivElement>(null);
  const plotRef = useRef<uPlot | null>(null);
  const scheme = useComputedColorScheme('light');
  // What an effect reads without being run again by it.
  const latest = useRef({ data, width });
  latest.current = { data, width };
  const isDrawable = width > 0 && data[0].length > 0;
  // A text, so that equal styles compare equal.
  const drawn = JSON.stringify(style);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colour scheme changes the colours that are read here
  useEffect(() => {
    if (!isDrawable) return;
    let isGone = false;
    void import('./chart-options').then(({ drawChart }) => {
      if (isGone || !hostRef.current) return;
      plotRef.current = drawChart(hostRef.current, { style: JSON.parse(drawn), height, ...latest.current });
    });
    return () => {
      isGone = true;
      plotRef.current?.destroy();
      plotRef.current = null;
    };
  }, [drawn, scheme, height, isDrawable]);

  useEffect(() => {
    plotRef.current?.setSize({ width, height });
  }, [width, height]);

  useEffect(() => {
    plotRef.current?.setData(data);
  }, [data]);

  return { sizeRef, hostRef };
}
