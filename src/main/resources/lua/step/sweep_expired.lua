-- sweepExpired() -> {expired, requeued}: how many of the dead instances were expired, and how many tasks went back; it stops
-- early once those are REQUEUE_BATCH, so that a fleet that dies at work does not keep Redis from everybody else. It only clears
-- away: who calls it settles the fleet afterwards (settle_fleet.lua). There is one sweep in a run, however many ask for it.
--- @include dead_instances
--- @on-demand expire_instance expireInstance
local REQUEUE_BATCH = 200
local NOBODY = {expired = 0, requeued = 0}

function step.sweepExpired()
  if #(noted.dead or step.deadInstances()) == 0 then return NOBODY end
  local expired, requeued = 0, 0
  for _, instanceId in ipairs(step.deadInstances()) do
    if requeued >= REQUEUE_BATCH then break end
    requeued = requeued + step.expireInstance(instanceId)
    expired = expired + 1
  end
  noted.dead = {}
  return {expired = expired, requeued = requeued}
end
