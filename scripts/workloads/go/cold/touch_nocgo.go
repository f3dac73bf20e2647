//go:build !cgo

package cold

import "errors"

func (f *File) touchInC() (func(page int) byte, error) {
	return nil, errors.New("-how cgo needs a build with cgo")
}
