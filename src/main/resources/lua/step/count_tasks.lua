-- countTasks(status, change) adds to the number of tasks in a state, kept in the global metrics.
--- @include keys
local TASK_COUNTERS = {pending = 'tasksPending', assigned = 'tasksAssigned', in_progress = 'tasksInProgress'}

local function countTasks(status, change)
  redis.call('HINCRBY', metricsKey, TASK_COUNTERS[status], change)
end
