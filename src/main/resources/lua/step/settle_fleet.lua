-- settleFleet() does what follows changes of who is in the fleet or who has which task (fleetHasChanged): fills a leader vacancy
-- (electLeader), brings the index of unclaimed tasks and the metrics up to date, and stores the global state.
--- @include leader
--- @on-demand elect_leader electLeader
--- @on-demand announce_leader announceLeader
--- @include global_state
--- @include sync_global_state
--- @include aggregate_global_metrics
--- @on-demand unclaimed_tasks indexUnclaimed
--- @include noted
function step.settleFleet()
  -- of scripts that enlist some, or let some live on
  if noted.newcomers then step.indexNewcomers() end
  if #noted.lives > 0 then step.indexLives() end
  if not noted.changed then step.fleetHasChanged() end
  local elected = not step.currentLeader() and step.electLeader(noted.liveId)
  if elected then step.announceLeader(elected) end
  if next(noted.touched) then step.indexUnclaimed() end
  local size = step.fleetSize()
  step.aggregateGlobalMetrics(size)
  step.syncGlobalState(step.globalState(size))
  noted.changed = false
end
