-- announceTasks(ctx) emits task.assigned for each task that autoAssignTasks gave away since it was last called.
--- @include emit_event
local function announceTasks(ctx)
  for _, move in ipairs(ctx.moves) do
    local members = {'id', move.taskId, 'workerId', move.workerId}
    if move.from then
      members[5], members[6] = 'previousWorkerId', move.from
    end
    emitEvent(ctx, 'task.assigned', jsonMembers(members))
  end
  ctx.moves = {}
end
