-- announceTasks(instanceId, moves) emits task.assigned for each task that autoAssignTasks gave to the worker.
--- @include emit_event
--- @include json_members
function step.announceTasks(instanceId, moves)
  for _, move in ipairs(moves) do
    local payload = {'id', move.taskId, 'workerId', instanceId}
    if move.from then
      payload[#payload + 1] = 'previousWorkerId'
      payload[#payload + 1] = move.from
    end
    step.emitEvent('task.assigned', step.jsonMembers(payload))
  end
end
