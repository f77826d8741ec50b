// One labourer: its limit and why, its last hour, its failures.
import type { JSX } from 'preact';

import { limitTo, pauseOrResume, retryDeadOf } from '../actions';
import { count } from '../format';
import { Load } from '../parts/bars';
import { Count, Empty, Fact, Loading, Page, Panel, Shown } from '../parts/basics';
import { HourChart } from '../parts/charts';
import { Act } from '../parts/dialog';
import { useQuery } from '../query';
import type { Activity, Labourer as LabourerAnswer } from '../types';
import { Failures, Why } from './overview';

export function Labourer({ id }: { id: string }): JSX.Element {
  const query = useQuery<LabourerAnswer>(`labourers/${encodeURIComponent(id)}`);
  const activity = useQuery<Activity>('activity').data;
  const hour = activity?.labourers.find(one => one.labourer_id === id);
  const labourer = query.data;
  const of = (state: string): string => `/tasks?labourer=${encodeURIComponent(id)}&state=${state}`;
  return (
    <Page title={id} head={<>{id} {labourer && <Why labourer={labourer} />}</>}
      actions={labourer && (
        <>
          <Act disabled={labourer.dead === 0} onClick={() => retryDeadOf(labourer)}>Retry dead</Act>
          <Act onClick={() => limitTo(labourer)}>Limit</Act>
          <Act onClick={() => pauseOrResume(labourer)}>{labourer.paused ? 'Resume' : 'Pause'}</Act>
        </>
      )}>
      <Shown query={query}>
        {found => (
          <>
            <section class="panel">
              <dl class="facts">
                <Fact name="Running / limit"><Load running={found.running} limit={found.limit} label={id} /></Fact>
                <Fact name="Why this limit">{found.because || 'not known: it is not configured here'}</Fact>
                <Fact name="Health">{found.health_name}{found.health_reason && found.health_reason !== found.because && <span class="faint"> {found.health_reason}</span>}</Fact>
                <Fact name="Queued"><Count number={found.queued} href={of('queued')} /></Fact>
                <Fact name="Waiting"><Count number={found.waiting} href={of('retrying')} /></Fact>
                <Fact name="Completed">{count(found.completed)}</Fact>
                <Fact name="Dead"><Count number={found.dead} kind="bad" href={of('dead')} /></Fact>
                <Fact name="Cancelled">{count(found.cancelled)}</Fact>
              </dl>
              <p class="more"><a href={`/jobs?labourer=${encodeURIComponent(id)}`}>Its jobs</a> <a href={of('running')}>Its running tasks</a></p>
            </section>
            <div class="columns">
              <Panel title="Last hour">
                {!activity ? <Loading /> : hour ? <HourChart completed={hour.completed} failed={hour.failed} until={activity.until} /> : <Empty>It did nothing in the last hour.</Empty>}
              </Panel>
              <Panel title="Failures" flush>
                {activity ? <Failures failures={activity.failures.filter(failure => failure.labourer_id === id)} since={activity.since} /> : <Loading />}
              </Panel>
            </div>
          </>
        )}
      </Shown>
    </Page>
  );
}
