#compdef dkr-ls
# zsh completion for dkr-ls, which computes the candidates itself.
# The function has the name of the installed file, as zsh's autoload requires.
_dkr-ls() {
    # Within quotes, PREFIX is what was typed after the opening one.
    local line text typed=$PREFIX program=${(Q)words[1]}
    [[ -n $QIPREFIX ]] || typed=${(Q)PREFIX}
    local -a complete partial
    program=${program/#\~\//$HOME/}
    program=${program/#\$HOME\//$HOME/}
    whence -- $program >/dev/null || program=dkr-ls
    for line in "${(@f)$($program __complete "${(@Q)words[2,CURRENT-1]}" "$typed" 2>/dev/null)}"; do
        text=${line%%$'\t'*}
        [[ -n $text ]] || continue
        if [[ $text == *[:/] ]]; then
            partial+=("$text")
            continue
        fi
        text=${${text//\\/\\\\}//:/\\:}
        [[ $line != *$'\t'* ]] || text+=:${line#*$'\t'}
        complete+=("$text")
    done
    _describe -V 'dkr-ls' complete
    (( ! $#partial )) || compadd -S '' -- $partial
}
if [[ ${funcstack[1]} == _dkr-ls ]]; then
    _dkr-ls "$@"
else
    compdef _dkr-ls dkr-ls
fi
