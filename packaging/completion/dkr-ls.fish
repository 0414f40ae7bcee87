# Completion of dkr-ls for fish. dkr-ls itself knows what may come next; this only asks it.
function __dkr_ls_complete
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    $words[1] __complete $words[2..-1] "$current" 2>/dev/null
end
complete --command dkr-ls --no-files --arguments '(__dkr_ls_complete)'
