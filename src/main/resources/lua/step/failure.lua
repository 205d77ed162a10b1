-- failure(keys, problem, arguments) -> the error that a call ended in, as its reply. Of a key that holds another type than it should, it
-- adds the name: Redis does not tell it. Looked at are the shared keys and those that an argument of the call is the id of.
local function failure(keys, problem, arguments)
  -- an error of a command is a table, and a text in other releases
  local text = type(problem) == 'table' and problem.err or problem
  if string.find(text, 'WRONGTYPE', 1, true) then
    --- @include wrong_type
    -- the user of Redis may have no right to look
    local looked, wrong = pcall(wrongType, keys, arguments)
    if looked and wrong then return {err = 'WRONGTYPE ' .. wrong} end
  end
  return {err = string.find(text, '^%u+ ') and text or 'ERR ' .. text}
end
