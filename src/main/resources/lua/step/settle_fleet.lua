-- settleFleet() does what follows changes of who is in the fleet or who has which task (fleetHasChanged): fills a leader vacancy
-- (electLeader), brings the index of unclaimed tasks and the metrics up to date, and stores the global state.
--- @include elect_leader
--- @include announce_leader
--- @include global_state
--- @include sync_global_state
--- @include aggregate_global_metrics
--- @include unclaimed_tasks
function step.settleFleet()
  if not noted.changed then step.fleetHasChanged() end
  local elected = step.electLeader(noted.liveId)
  if elected then step.announceLeader(elected) end
  step.indexUnclaimed()
  local size = step.fleetSize()
  step.aggregateGlobalMetrics(size)
  step.syncGlobalState(step.globalState(size))
  noted.changed = false
end
