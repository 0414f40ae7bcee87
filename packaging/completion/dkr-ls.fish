# fish completion for dkr-ls, which computes the candidates itself.
function __dkr_ls_complete
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    # An opening quote is not text.
    set -l current (commandline --current-token --cut-at-cursor | string replace --all --regex '[\'"]' '')
    switch $words[1]
        case '~/*' '$HOME/*'
            set words[1] $HOME/(string split --max 1 -- / $words[1])[2]
    end
    type --query -- $words[1]; or set words[1] dkr-ls
    $words[1] __complete $words[2..-1] "$current" 2>/dev/null
end
complete --command dkr-ls --no-files --arguments '(__dkr_ls_complete)'
