import { IntervalText } from '../../components/interval-text';
import { metricsOf, metricText } from '../../lib/model-words';

interface MetricTextProps {
  metrics: Record<string, number>;
  name: string;
}

/** One metric of a model, with its interval where there is one. */
export function MetricText({ metrics, name }: MetricTextProps) {
  const metric = metricsOf(metrics).find((candidate) => candidate.name === name);
  if (!metric) return <>–</>;
  const { value, isShare, interval } = metric;
  if (interval) return <IntervalText value={value} {...interval} as={isShare ? 'percent' : 'number'} />;
  return <>{metricText(metric)}</>;
}
