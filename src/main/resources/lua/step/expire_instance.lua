-- expireInstance(instanceId) -> how many of its tasks went back to pending. Removes an instance whose deadline has passed
-- and emits instance.expired.
--- @include keys
--- @include clock
--- @include emit_event
--- @include json_members
--- @include remove_instance
function step.expireInstance(instanceId)
  local requeued = step.removeInstance(instanceId)
  step.count('expirations')
  step.emitEvent('instance.expired',
    step.jsonMembers({'id', instanceId, 'tasksRequeued', #requeued, 'tasks', step.jsonStrings(requeued)}))
  return #requeued
end
