import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import type uPlot from 'uplot';

interface Plot {
  /** Series names, one a line: a text, so that equal names compare equal. */
  names: string;
  data: uPlot.AlignedData;
  height: number;
}

/** Keeps a uPlot drawing in an element: made anew for other names, colours or sizes, fed with new data otherwise. */
export function usePlot({ names, data, height }: Plot) {
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
  const hostRef = useRef<HTMLDivElement>(null);
  const plotRef = useRef<uPlot | null>(null);
  const scheme = useComputedColorScheme('light');
  const dataRef = useRef(data);
  dataRef.current = data;
  const isDrawable = width > 0 && data[0].length > 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colour scheme changes the colours that are read here
  useEffect(() => {
    if (!isDrawable) return;
    let isGone = false;
    void import('./chart-options').then(({ drawChart }) => {
      if (isGone || !hostRef.current) return;
      plotRef.current = drawChart(hostRef.current, { names: names.split('\n'), data: dataRef.current, width, height });
    });
    return () => {
      isGone = true;
      plotRef.current?.destroy();
      plotRef.current = null;
    };
  }, [names, scheme, height, width, isDrawable]);

  useEffect(() => {
    plotRef.current?.setData(data);
  }, [data]);

  return { sizeRef, hostRef };
}
